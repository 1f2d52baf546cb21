int trailing; 
